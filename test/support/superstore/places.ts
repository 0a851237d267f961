/** The shop's sales regions; each has one person in `people`. */
export type Region = 'East' | 'West' | 'Central' | 'South';

export interface Place {
  city: string;
  state: string;
  /** null where the country has no postal codes. */
  postalCode: string | null;
  region: Region;
}

export interface Country {
  name: string;
  /** Begins the ids of orders placed in this country. */
  code: string;
  /** The number of 100 customers who live there. */
  share: number;
  places: readonly Place[];
}

const place = (city: string, state: string, postalCode: string | null, region: Region): Place => ({
  city,
  state,
  postalCode,
  region,
});

export const countries: readonly Country[] = [
  {
    name: 'United States',
    code: 'US',
    share: 46,
    places: [
      place('Boston', 'Massachusetts', '02108', 'East'),
      place('Newark', 'New Jersey', '07102', 'East'),
      place('Hartford', 'Connecticut', '06103', 'East'),
      place('New York City', 'New York', '10025', 'East'),
      place('Philadelphia', 'Pennsylvania', '19103', 'East'),
      place('Chicago', 'Illinois', '60614', 'Central'),
      place('Minneapolis', 'Minnesota', '55401', 'Central'),
      place('Kansas City', 'Missouri', '64106', 'Central'),
      place('Denver', 'Colorado', '80202', 'West'),
      place('Seattle', 'Washington', '98101', 'West'),
      place('Portland', 'Oregon', '97205', 'West'),
      place('San José', 'California', '95112', 'West'),
      place('Atlanta', 'Georgia', '30303', 'South'),
      place('New Orleans', 'Louisiana', '70112', 'South'),
      place('Houston', 'Texas', '77002', 'South'),
    ],
  },
  {
    name: 'Canada',
    code: 'CA',
    share: 12,
    places: [
      place('Montréal', 'Québec', 'H2Y 1C6', 'East'),
      place('Halifax', 'Nova Scotia', 'B3J 1S9', 'East'),
      place('Winnipeg', 'Manitoba', 'R3C 0V8', 'Central'),
      place('Vancouver', 'British Columbia', 'V6B 1H7', 'West'),
      place('St. John’s', 'Newfoundland and Labrador', 'A1C 5M2', 'East'),
    ],
  },
  {
    name: 'Germany',
    code: 'DE',
    share: 16,
    places: [
      place('Dresden', 'Sachsen', '01067', 'East'),
      place('Leipzig', 'Sachsen', '04109', 'East'),
      place('Köln', 'Nordrhein-Westfalen', '50667', 'West'),
      place('Mülheim an der Ruhr', 'Nordrhein-Westfalen', '45468', 'West'),
      place('Kassel', 'Hessen', '34117', 'Central'),
      place('München', 'Bayern', '80331', 'South'),
      place('Tübingen', 'Baden-Württemberg', '72070', 'South'),
    ],
  },
  {
    name: 'Japan',
    code: 'JP',
    share: 12,
    places: [
      place('札幌市', '北海道', '060-0001', 'East'),
      place('仙台市', '宮城県', '980-0021', 'East'),
      place('名古屋市', '愛知県', '460-0008', 'Central'),
      place('京都市', '京都府', '600-8216', 'West'),
      place('福岡市', '福岡県', '810-0001', 'South'),
    ],
  },
  {
    name: 'Brazil',
    code: 'BR',
    share: 8,
    places: [
      place('São Paulo', 'São Paulo', '01310-100', 'South'),
      place('Brasília', 'Distrito Federal', '70040-010', 'Central'),
      place('Recife', 'Pernambuco', '50030-230', 'East'),
    ],
  },
  {
    name: 'United Arab Emirates',
    code: 'AE',
    share: 6,
    places: [
      place('Dubai', 'Dubai', null, 'East'),
      place('Ras Al Khaimah, Old Town', 'Ras Al Khaimah', null, 'East'),
      place('Abu Dhabi', 'Abu Dhabi', null, 'West'),
    ],
  },
];
